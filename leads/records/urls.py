"""Addresses of leads and companies."""

from django.urls import path

from leads.records.views import acts, bin, columns, companies, lead, leads, merging, own_fields, segments
from leads.records.views.old_ids import known_by_old_ids

app_name = "records"

urlpatterns = [
    path("leads/", leads.leads, name="leads"),
    path("leads/counts/", leads.counts, name="counts"),
    path("leads/filter/", leads.filter_form, name="filter"),
    path("leads/columns/", columns.choose, name="columns"),
    path("leads/segments/", segments.segments, name="segments"),
    path("leads/segments/new/", segments.new, name="new_segment"),
    path("leads/segments/<int:pk>/", segments.segment, name="segment"),
    path("leads/segments/<int:pk>/keep/", segments.keep, name="keep_segment"),
    path("leads/segments/<int:pk>/default/", segments.default, name="default_segment"),
    path("leads/segments/<int:pk>/delete/", segments.delete, name="delete_segment"),
    path("leads/new/", leads.new, name="new"),
    path("leads/bin/", bin.leads_bin, name="bin"),
    path("leads/<int:pk>/", known_by_old_ids(lead.lead), name="lead"),
    path("leads/<int:pk>/walk/", known_by_old_ids(leads.walk), name="walk"),
    path("leads/<int:pk>/edit/", known_by_old_ids(lead.edit), name="edit"),
    path("leads/<int:pk>/facts/<str:key>/", known_by_old_ids(lead.fact), name="fact"),
    path("leads/<int:pk>/move/", known_by_old_ids(acts.move), name="move"),
    path("leads/<int:pk>/talks/<slug:way>/", known_by_old_ids(acts.talk), name="talk"),
    path("leads/<int:pk>/next-step/", known_by_old_ids(acts.next_step), name="next_step"),
    path("leads/<int:pk>/next-step/done/", known_by_old_ids(acts.finish_next_step), name="finish_next_step"),
    path("leads/<int:pk>/next-deal/", known_by_old_ids(acts.next_deal), name="next_deal"),
    path("leads/alike/", merging.like, name="alike"),
    path("leads/<int:pk>/merge/", known_by_old_ids(merging.merge), name="merge"),
    path("leads/<int:pk>/merges/<int:merge>/undo/", known_by_old_ids(merging.unmerge), name="unmerge"),
    path("leads/<int:pk>/remove/", bin.put_into_bin, name="remove"),
    path("leads/<int:pk>/restore/", bin.restore, name="restore"),
    path("companies/", companies.companies, name="companies"),
    path("companies/counts/", companies.counts, name="company_counts"),
    path("companies/filter/", companies.filter_form, name="company_filter"),
    path("companies/suggestions/", companies.suggestions, name="company_suggestions"),
    path("companies/<int:pk>/", companies.company, name="company"),
    path("companies/<int:pk>/edit/", companies.edit, name="edit_company"),
    path("companies/<int:pk>/facts/<str:key>/", companies.fact, name="company_fact"),
    path("people/suggestions/", own_fields.people, name="person_suggestions"),
    path("settings/own-fields/", own_fields.own_fields, name="own_fields"),
    path("settings/own-fields/new/<slug:on>/", own_fields.new, name="new_own_field"),
    path("settings/own-fields/<int:pk>/", own_fields.edit, name="own_field"),
    path("settings/own-fields/<int:pk>/place/", own_fields.place, name="place_own_field"),
    path("settings/own-fields/<int:pk>/retire/", own_fields.retire, name="retire_own_field"),
    path("settings/own-fields/<int:pk>/bring-back/", own_fields.bring_back, name="bring_back_own_field"),
]
