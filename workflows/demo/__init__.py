"""A whole season on generated people, through the services that the screens use."""
