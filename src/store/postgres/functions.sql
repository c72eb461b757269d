-- What SQLite has and PostgreSQL lacks, so that the same queries run on both.
-- https://sqlite.org/json1.html#jeach, of an array of texts or numbers
CREATE FUNCTION json_each(array_text TEXT) RETURNS TABLE (key BIGINT, value TEXT)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT number - 1, element FROM json_array_elements_text(array_text::json) WITH ORDINALITY AS found (element, number)
$$;

-- FTS5's tokenizer "unicode61 remove_diacritics 2" ignores accents and splits at punctuation.
CREATE FUNCTION without_accents(words TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g'))
$$;
CREATE FUNCTION search_text(title TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(regexp_replace(normalize(title, NFKD), '[\u0300-\u036f]', '', 'g'),
        '[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u2010-\u2027]+', ' ', 'g'))
$$;
