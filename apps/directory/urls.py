"""Addresses of posts and of those who stand in for their holders, of people and of logins."""

from django.urls import path

from apps.directory.views import logins, people, posts

app_name = "directory"
urlpatterns = [
    path("me/away/", posts.away, name="away"),
    path("posts/", posts.posts, name="posts"),
    path("posts/new/", posts.give_post, name="give_post"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/end/", posts.end_post, name="end_post"),
    path("posts/<int:pk>/hand-over/", posts.hand_over, name="hand_over"),
    path("posts/<int:pk>/substitute/", posts.substitute, name="substitute"),
    path("substitutions/<int:pk>/end/", posts.end_substitution, name="end_substitution"),
    path("people/", people.people, name="people"),
    path("people/new/", people.register_person, name="register_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/correct/", people.correct_person, name="correct_person"),
    path("people/<int:pk>/move/", people.move_person, name="move_person"),
    path("people/<int:pk>/reveal/<str:field>/", people.reveal_person, name="reveal_person"),
    path("people/<int:pk>/login/", logins.person_login, name="person_login"),
    path("logins/", logins.logins, name="logins"),
    path("logins/new/", logins.make_login, name="make_login"),
    path("logins/<int:pk>/", logins.login, name="login"),
    path("logins/<int:pk>/<str:action>/", logins.act_login, name="act_login"),
]
