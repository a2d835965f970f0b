namespace Hutch.Datasets.Upgrades;

/// <summary>
/// Makes a data folder of one format one of the next. The write of <c>VERSION</c> decides: before it, the folder is as good as before for
/// the old program; after it, for the new one.
/// </summary>
internal interface IFolderUpgrade
{
    /// <summary>The format that it begins with; it ends with the next.</summary>
    int From { get; }

    /// <summary>Files of the old format that the new one does not use: removed after the decision.</summary>
    IReadOnlyList<string> Leftovers { get; }

    /// <summary>Takes the lock of the old format, so that no old program has the folder, and adds the parts of the new format.</summary>
    /// <returns>The lock; null when it is the one that is held already.</returns>
    IDisposable? Prepare(IDisk disk, string folder);

    DataVersion Decide(IDisk disk, string folder, Func<Guid> newId);
}
