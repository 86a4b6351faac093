"""The page kit: shell, navigation, template tags, error pages, and the developers' page that shows all parts."""
