-- The account of the OpenID provider by which a viewer signs in: its id (sub), or a verified email address.
ALTER TABLE viewer ADD COLUMN openid TEXT;
-- The viewer for whom alone a session is; NULL: the owner's, in which a viewer is chosen.
ALTER TABLE owner_session ADD COLUMN viewer TEXT;
