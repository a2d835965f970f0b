using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>The tables of <c>search.db</c>. All of it can be rebuilt from the zone and the site.</summary>
internal static class SearchSchema
{
    /// <summary>"hsea" in ASCII.</summary>
    public const int ApplicationId = 0x68736561;

    /// <summary>The length up to which prefixes of words have lists of their own, in characters.</summary>
    public const int LongestListedBeginning = 6;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, "words of datasets", """
        -- rowid is the dataset's key. Short beginnings of words have an index of their own.
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, audience, id UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3', columnsize = 0);
        CREATE TABLE search_state (id INTEGER PRIMARY KEY CHECK (id = 1), site INTEGER NOT NULL, zone INTEGER NOT NULL, filled INTEGER);
        INSERT INTO search_state (id, site, zone, filled) VALUES (1, 0, 0, 0);
        """),
        new(2, "longer beginnings of words, and the words themselves", """
        DROP TABLE datasets;
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, audience, id UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);
        CREATE VIRTUAL TABLE words USING fts5vocab(datasets, instance);
        UPDATE search_state SET site = 0, zone = 0, filled = 0; -- it is filled anew
        """),
        new(3, "types, and attributes that are compared", """
        DROP TABLE words;
        DROP TABLE datasets;
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, audience, types, id UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);
        CREATE VIRTUAL TABLE words USING fts5vocab(datasets, instance);
        -- A row for each value: a number in the unit of the SI, or a text in lower case. key is the dataset's.
        CREATE TABLE attributes (
            key INTEGER NOT NULL, name TEXT NOT NULL, dimension TEXT NOT NULL, number REAL, text TEXT);
        CREATE INDEX attributes_by_key ON attributes (key, name);
        CREATE INDEX attributes_by_number ON attributes (name, dimension, number, key) WHERE number IS NOT NULL;
        CREATE INDEX attributes_by_text ON attributes (name, text, key) WHERE text IS NOT NULL;
        ALTER TABLE search_state ADD COLUMN types TEXT NOT NULL DEFAULT ''; -- the types by which attributes were read
        UPDATE search_state SET site = 0, zone = 0, filled = 0;
        """),
        new(4, "facts, names, and rights that begin later", """
        DROP TABLE words;
        DROP TABLE datasets;
        DROP TABLE attributes;
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, audience, types, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);
        CREATE VIRTUAL TABLE words USING fts5vocab(datasets, instance);
        -- The line of a dataset in results, without its words (up to 256 KiB). due: the time from which others find it, milliseconds
        -- since 1970.
        CREATE TABLE names (key INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, due INTEGER);
        CREATE INDEX names_by_due ON names (due) WHERE due IS NOT NULL;
        CREATE TABLE fields (number INTEGER PRIMARY KEY, name TEXT NOT NULL, dimension TEXT NOT NULL, UNIQUE (name, dimension));
        -- value: a number in the unit of the SI, or a text in lower case; shown: the text as it was written, where that differs.
        CREATE TABLE facts (
            key INTEGER NOT NULL, field INTEGER NOT NULL, value NOT NULL, shown TEXT, PRIMARY KEY (key, field, value)) WITHOUT ROWID;
        CREATE INDEX facts_by_value ON facts (field, value, key);
        UPDATE search_state SET site = 0, zone = 0, filled = 0;
        """),
        new(5, "words of file names", """
        DROP TABLE words;
        DROP TABLE datasets;
        DROP TABLE names;
        DELETE FROM facts;
        DELETE FROM fields;
        -- files: matched only together with words of the audience that may list files.
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, files, audience, types, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);
        CREATE VIRTUAL TABLE words USING fts5vocab(datasets, instance);
        -- tree: the top page of the tree from which the words of files come; null for a dataset without entries. unread: the time from
        -- which they must be read from it, milliseconds since 1970; null when they have been read.
        CREATE TABLE names (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, due INTEGER, tree TEXT, unread INTEGER);
        CREATE INDEX names_by_due ON names (due) WHERE due IS NOT NULL;
        CREATE INDEX names_by_unread ON names (unread, key) WHERE unread IS NOT NULL;
        UPDATE search_state SET site = 0, zone = 0, filled = 0;
        """),
        new(6, "what is known of a dataset in one row", """
        DROP TABLE words;
        DROP TABLE datasets;
        DROP TABLE names;
        DROP TABLE facts;
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, files, audience, types, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);
        CREATE VIRTUAL TABLE words USING fts5vocab(datasets, instance);
        CREATE TABLE names (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, due INTEGER, tree TEXT, unread INTEGER);
        CREATE INDEX names_by_due ON names (due) WHERE due IS NOT NULL;
        CREATE INDEX names_by_unread ON names (unread, key) WHERE unread IS NOT NULL;
        -- The values of a comparison, in their order: a number in the SI unit, or a text in lower case.
        CREATE TABLE facts (field INTEGER NOT NULL, value NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (field, value, key)) WITHOUT ROWID;
        -- The values of one dataset, with the original texts, in the form of PackedFacts.
        CREATE TABLE packed (key INTEGER PRIMARY KEY, facts BLOB NOT NULL);
        UPDATE search_state SET site = 0, zone = 0, filled = 0;
        """),
        new(7, "datasets at home elsewhere", """
        DROP TABLE words;
        DROP TABLE datasets;
        DROP TABLE names;
        DELETE FROM facts;
        DELETE FROM packed;
        DELETE FROM fields;
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, files, audience, types, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);
        CREATE VIRTUAL TABLE words USING fts5vocab(datasets, instance);
        -- key: the order of arrival in the index. changed: grows with each change of a row.
        CREATE TABLE names (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, due INTEGER, tree TEXT, unread INTEGER,
            changed INTEGER NOT NULL);
        CREATE INDEX names_by_due ON names (due) WHERE due IS NOT NULL;
        CREATE INDEX names_by_unread ON names (unread, key) WHERE unread IS NOT NULL;
        CREATE INDEX names_by_change ON names (changed);
        -- The metadata and the words of file names that homes sent for their datasets.
        CREATE TABLE cards (id TEXT PRIMARY KEY, site TEXT NOT NULL, document TEXT, files TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX cards_by_site ON cards (site);
        -- The last change that each home's index has sent.
        CREATE TABLE homes (site TEXT NOT NULL, life TEXT NOT NULL, changed INTEGER NOT NULL, PRIMARY KEY (site, life)) WITHOUT ROWID;
        ALTER TABLE search_state ADD COLUMN feed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE search_state ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE search_state ADD COLUMN life TEXT NOT NULL DEFAULT '';
        UPDATE search_state SET site = 0, zone = 0, filled = 0, life = lower(hex(randomblob(8)));
        """),
        new(8, "parts of words of names", """
        DROP TABLE words;
        DROP TABLE datasets;
        DELETE FROM names;
        DELETE FROM facts;
        DELETE FROM packed;
        DELETE FROM fields;
        -- parts: the later parts of the words of name and title, so that any part of a word finds the dataset.
        CREATE VIRTUAL TABLE datasets USING fts5(
            text, parts, files, audience, types, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);
        CREATE VIRTUAL TABLE words USING fts5vocab(datasets, instance);
        UPDATE search_state SET site = 0, zone = 0, filled = 0, life = lower(hex(randomblob(8)));
        """),
        new(9, "sites with copies", """
        UPDATE search_state SET site = 0, zone = 0, filled = 0;
        """),
        new(10, "descriptions of publications", """
        UPDATE search_state SET site = 0, zone = 0, filled = 0;
        """),
        new(11, "publications beside their datasets", """
        -- The id of a publication in names is that of its dataset after 'p:', which is behind the ids of all datasets.
        UPDATE search_state SET site = 0, zone = 0, filled = 0;
        """),
    ];
}
