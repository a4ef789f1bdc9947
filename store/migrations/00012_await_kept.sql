-- The page of a list on which an awaited piece stood: it is behind the listing's words
-- where they stand in for the piece's own page. A walk's pages are no visits, and a
-- further page is not its visit's.
ALTER TABLE await ADD COLUMN kept TEXT NOT NULL DEFAULT '';
