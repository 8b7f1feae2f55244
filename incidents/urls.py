"""Addresses of the incidents' API, under /api/v1/."""

from django.urls import path

from incidents import api, calls_api, crew_api
from incidents.models import Incident

urlpatterns = [
    path("incident-types/", api.IncidentTypesView.as_view()),
    path("incident-types/suggest/", api.TypeSuggestionsView.as_view()),
    path("calls/", calls_api.CallsView.as_view()),
    path("calls/<int:pk>/", calls_api.OneCallView.as_view()),
    path("calls/<int:pk>/take/", calls_api.TakeCallView.as_view()),
    path("calls/<int:pk>/dispose/", calls_api.DisposeCallView.as_view()),
    path("calls/<int:pk>/reopen/", calls_api.ReopenCallView.as_view()),
    path("calls/<int:pk>/incident/", calls_api.IncidentFromCallView.as_view()),
    path("incidents/", api.IncidentsView.as_view()),
    path("incidents.geojson", api.IncidentsGeoJSONView.as_view()),
    path("incidents/<int:pk>/", api.OneIncidentView.as_view()),
    path("incidents/<int:pk>/recommendation/", api.RecommendationView.as_view()),
    path("incidents/<int:pk>/route/", api.RouteView.as_view()),
    path("incidents/<int:pk>/assign/", api.AssignView.as_view()),
    path("incidents/<int:pk>/close/", api.EndView.as_view(new=Incident.Status.CLOSED)),
    path("incidents/<int:pk>/cancel/", api.EndView.as_view(new=Incident.Status.CANCELLED)),
    path("incidents/<int:pk>/notes/", api.NotesView.as_view()),
    path("incidents/<int:pk>/notices/", api.NoticesView.as_view()),
    path("incidents/<int:pk>/log/", api.LogView.as_view()),
    path("incidents/<int:pk>/job/", api.JobTextView.as_view()),
    path("notices/<int:pk>/acknowledge/", api.AcknowledgeNoticeView.as_view()),
    path("assignments/<int:pk>/move/", api.AssignmentMoveView.as_view()),
    path("crew/job/", crew_api.CrewJobView.as_view()),
    path("crew/assignments/<int:pk>/move/", crew_api.CrewMoveView.as_view()),
    path("crew/duty/", crew_api.CrewDutyView.as_view()),
    path("crew/notes/", crew_api.CrewNotesView.as_view()),
]
