"""The funnel: stages with their owner departments, reasons, and the bare definitions that leads refer to."""
