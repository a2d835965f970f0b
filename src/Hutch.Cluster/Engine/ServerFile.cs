using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Cluster.Engine;

/// <summary>The file <c>server.json</c> in the data folder of a server: the ids of the server and its site.</summary>
public sealed partial class ServerFile
{
    public const string Name = FolderKind.ServerFile;

    private readonly IDisk _disk;
    private readonly string _path;

    private ServerFile(IDisk disk, string path, Content content)
    {
        (_disk, _path) = (disk, path);
        Server = new ServerIdentity(content.Server, Environment.MachineName);
        Site = content.Site;
    }

    public ServerIdentity Server { get; }

    /// <summary>The site whose view the data folder is; null before the first start with a site.</summary>
    public Guid? Site { get; private set; }

    /// <summary>Reads the file; a data folder without one becomes that of a new server.</summary>
    /// <exception cref="StorageFormatException">The file is damaged.</exception>
    public static ServerFile Open(IDisk disk, string dataFolder, Func<Guid> newId)
    {
        string path = Path.Combine(dataFolder, Name);
        if (!disk.FileExists(path))
        {
            var made = new ServerFile(disk, path, new Content(newId(), null));
            made.Write();
            return made;
        }

        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        try
        {
            return new ServerFile(disk, path, JsonSerializer.Deserialize(bytes, ServerJson.Default.Content) ?? throw Damaged(path, null));
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Returns the site of a data folder; null for none. Changes nothing.</summary>
    public static Guid? FindSite(IDisk disk, string dataFolder)
    {
        return disk.FileExists(Path.Combine(dataFolder, Name))
            ? Open(disk, dataFolder, static () => throw new InvalidOperationException("The file went away while it was read.")).Site
            : null;
    }

    /// <summary>Stores the site; durable on return.</summary>
    public void Write(Guid site)
    {
        if (Site != site)
        {
            Site = site;
            Write();
        }
    }

    private static StorageFormatException Damaged(string path, Exception? e) => new(
        $"'{path}' is damaged ({e?.Message.TrimEnd('.') ?? "it is empty"}). Nothing in this data folder is needed by anybody else: "
        + "move the folder away and start the server with an empty one.");

    private void Write() =>
        AtomicFile.Replace(_disk, _path, JsonSerializer.SerializeToUtf8Bytes(new Content(Server.Id, Site), ServerJson.Default.Content));

    internal sealed record Content(Guid Server, Guid? Site);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class ServerJson : JsonSerializerContext;
}
