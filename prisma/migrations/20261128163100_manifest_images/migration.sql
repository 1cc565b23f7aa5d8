-- Which images a recorded manifest runs; null where nobody has looked yet: lib/manifests/images.ts.
ALTER TABLE "manifests" ADD COLUMN "images" JSONB;
