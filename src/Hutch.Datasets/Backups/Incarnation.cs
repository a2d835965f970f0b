using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hutch.Disk;

namespace Hutch.Datasets.Backups;

/// <summary>
/// Which life of a data folder this is: the file <c>INCARNATION</c>. A restored folder is a new one; what was promised to the sessions of
/// the old one is void, and is ended at its first start.
/// </summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Restored">When it was restored; null when it is the first.</param>
/// <param name="From">The incarnation that the backup was of.</param>
/// <param name="MustVoid">Whether sessions of the old one are still to be ended.</param>
public sealed partial record Incarnation(string Id, DateTimeOffset? Restored = null, string? From = null, bool MustVoid = false)
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "INCARNATION";

    private const int MaxFileBytes = 4096;

    /// <summary>Reads it; null when the folder has none yet. A damaged file is an <see cref="IOException"/>.</summary>
    public static Incarnation? Read(IDisk disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        string path = Path.Combine(folder, FileName);
        if (!disk.FileExists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(disk.ReadAllBytes(path, MaxFileBytes), Json.Default.Incarnation) is { Id.Length: 32 } found
                ? found
                : throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new IOException($"'{path}' is damaged. Delete it if this folder was not restored from a backup; a new one is made.", e);
        }
    }

    /// <summary>Reads it, or begins the first.</summary>
    public static Incarnation Ensure(IDisk disk, string folder, Func<Guid> newId)
    {
        ArgumentNullException.ThrowIfNull(newId);
        if (Read(disk, folder) is { } found)
        {
            return found;
        }

        var first = new Incarnation(newId().ToString("N"));
        first.Write(disk, folder);
        return first;
    }

    /// <summary>
    /// Ends the sessions of the old life, when that is still to be done: nobody who was logged in, or in the middle of a push, when the backup
    /// was made goes on as if nothing had happened.
    /// </summary>
    public async Task VoidAsync(IDisk disk, string folder, Func<CancellationToken, Task> endSessions, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(endSessions);
        if (MustVoid)
        {
            await endSessions(ct);
            (this with { MustVoid = false }).Write(disk, folder);
        }
    }

    /// <summary>Writes it, durably.</summary>
    public void Write(IDisk disk, string folder) =>
        AtomicFile.Replace(disk, Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Json.Default.Incarnation) + "\n"));

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonSerializable(typeof(Incarnation))]
    internal sealed partial class Json : JsonSerializerContext;
}
