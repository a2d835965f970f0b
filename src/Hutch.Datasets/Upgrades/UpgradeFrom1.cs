using System.Text.Json.Serialization;

namespace Hutch.Datasets.Upgrades;

/// <summary>
/// Format 1 had files of their own for the lock, the incarnation and the cursors of the bus; in format 2 all of them are in <c>VERSION</c>.
/// </summary>
internal sealed partial class UpgradeFrom1 : IFolderUpgrade
{
    private const string LockName = "LOCK";
    private const string IncarnationName = "INCARNATION";
    private const int MaxFileBytes = 4096;

    public int From => 1;

    /// <remarks>The cursors may be lost: consumers look at the state when they start.</remarks>
    public IReadOnlyList<string> Leftovers { get; } =
        [LockName, IncarnationName, "cursors.json", "zone.db-shm", "site.db-shm", "search.db-shm"];

    public IDisposable? Prepare(IDisk disk, string folder) => disk.Lock(Path.Combine(folder, LockName));

    public DataVersion Decide(IDisk disk, string folder, Func<Guid> newId)
    {
        string path = Path.Combine(folder, IncarnationName);
        Incarnation life = disk.FileExists(path) ? Read(disk, path) : new Incarnation(newId().ToString("N"));
        return new DataVersion(2, 2, life);
    }

    private static Incarnation Read(IDisk disk, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(disk.ReadAllBytes(path, MaxFileBytes), OldJson.Default.Incarnation) is { Id.Length: 32 } life
                ? life
                : throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new IOException($"'{path}' is damaged. Delete it if this folder was not restored from a backup; a new one is made.", e);
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Incarnation))]
    private sealed partial class OldJson : JsonSerializerContext;
}
