"""Addresses of posts and of those who stand in for their holders."""

from django.urls import path

from apps.directory import views

app_name = "directory"
urlpatterns = [
    path("me/away/", views.away, name="away"),
    path("posts/", views.posts, name="posts"),
    path("posts/new/", views.give_post, name="give_post"),
    path("posts/<int:pk>/", views.post, name="post"),
    path("posts/<int:pk>/end/", views.end_post, name="end_post"),
    path("posts/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("posts/<int:pk>/substitute/", views.substitute, name="substitute"),
    path("substitutions/<int:pk>/end/", views.end_substitution, name="end_substitution"),
]
