"""Who is asking, what they may do, and how the portal protects them and itself."""


def includeme(config) -> None:
    config.include("portal.security.grants")
    config.include("portal.security.policy")
    config.include("portal.security.cookies")
    config.include("portal.security.csrf")
    config.include("portal.security.passwords")
    config.include("portal.security.limits")
    config.include("portal.security.wellformed")
    config.include("portal.security.methods")
    config.include("portal.security.headers")
