"""Addresses under /planning/."""

from django.urls import path

from geo112.planning import views

urlpatterns = [
    path("", views.PlanningPage.as_view(), name="planning"),
    path("reach.csv", views.TableView.as_view(), name="planning-csv"),
    path("report.html", views.ReportView.as_view(), name="planning-report"),
]
