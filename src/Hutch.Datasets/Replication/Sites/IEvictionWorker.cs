namespace Hutch.Datasets.Replication.Sites;

/// <summary>Evicts bytes from their home, this site, and recalls them, as the records say. It continues automatically.</summary>
public interface IEvictionWorker
{
    /// <summary>Returns the reason that bytes of a file of this size cannot be evicted; null when they can.</summary>
    HutchError? CheckSize(long bytes);

    IReadOnlyDictionary<string, string> ProblemsOf(DatasetId dataset);
}
