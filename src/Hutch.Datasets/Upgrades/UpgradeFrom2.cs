namespace Hutch.Datasets.Upgrades;

/// <summary>
/// From format 3 on, what a sealed segment contains is noted outside of it too: in the list of segments, and in the next one of its lane.
/// Those that are sealed already are noted, as they are, when the store is opened.
/// </summary>
internal sealed class UpgradeFrom2 : IFolderUpgrade
{
    public int From => 2;

    public IReadOnlyList<string> Leftovers => [];

    public IDisposable? Prepare(IDisk disk, string folder) => null;

    public DataVersion Decide(IDisk disk, string folder, Func<Guid> newId) =>
        DataVersion.Read(disk, folder)! with { Format = 3, MinReader = 3 };
}
