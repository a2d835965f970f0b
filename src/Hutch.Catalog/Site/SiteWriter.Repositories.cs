namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private void SetRepository(JournalRecord.RepositorySet record) => Run(
        """
        UPDATE datasets SET
            repository = $2, repository_content = $3, repository_files = $4, repository_bytes = $5, repository_through = $6
        WHERE id = $1
        """,
        record.Dataset.ToString(),
        record.Root.Page.ToString(),
        record.Root.Content.ToString(),
        record.Root.Files,
        record.Root.Bytes,
        record.Through);

    /// <summary>Replaces a key that comes again: the first content may have been damaged since.</summary>
    private void StoreKeys(JournalRecord.KeysHeld record)
    {
        long dataset = Key(record.Dataset);
        foreach (StoredKey key in record.Keys)
        {
            Run(
                "INSERT OR REPLACE INTO annex_keys (dataset, name, hash, size, sequence, held) VALUES ($1, $2, $3, $4, $5, $6)",
                dataset, key.Name, key.Hash.ToString(), key.Size, record.Sequence, record.Time);
        }
    }

    private void DropKeys(JournalRecord.KeysDropped record)
    {
        long dataset = Key(record.Dataset);
        foreach (string name in record.Names)
        {
            Run("DELETE FROM annex_keys WHERE dataset = $1 AND name = $2", dataset, name);
        }
    }

    private void EndRepository(long dataset)
    {
        Run(
            """
            UPDATE datasets SET repository = NULL, repository_content = NULL, repository_files = NULL, repository_bytes = NULL,
                repository_through = NULL
            WHERE key = $1
            """,
            dataset);
        Run("DELETE FROM annex_keys WHERE dataset = $1", dataset);
    }
}
