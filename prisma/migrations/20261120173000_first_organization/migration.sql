-- The installation's own Git token serves the organization that was there first, and no other one:
-- the router must be able to tell which that is. Reading only.
CREATE POLICY "routing" ON "organizations" FOR SELECT USING (plumbline_setting('scope') = 'routing');
