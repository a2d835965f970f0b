using Hutch.Model;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>Gives up bytes of which this site is the home, and brings them back, by what is recorded. It goes on by itself.</summary>
public interface IEvictionWorker
{
    /// <summary>Why bytes do not go of which a file has this size; null when they can.</summary>
    HutchError? CheckSize(long bytes);

    /// <summary>Why a dataset is not further, by the id of the site.</summary>
    IReadOnlyDictionary<string, string> ProblemsOf(DatasetId dataset);
}
