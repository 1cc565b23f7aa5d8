alter table "resources" add column "children" jsonb, add column "children_left" integer, add column "events" jsonb;
