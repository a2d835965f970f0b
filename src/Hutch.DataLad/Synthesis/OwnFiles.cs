using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// The files that DataLad and git-annex want in every dataset, where the dataset has none of its own: its id, and which keys new files get.
/// </summary>
internal sealed class OwnFiles
{
    /// <summary>The directory of DataLad's files, with its slash.</summary>
    public const string DataLadFolder = ".datalad/";

    public const string DataLadConfiguration = DataLadFolder + Configuration;

    private const string Attributes = ".gitattributes";
    private const string Configuration = "config";

    private readonly byte[] _configuration;
    private readonly byte[] _attributes = Encoding.UTF8.GetBytes("* annex.backend=SHA256E\n**/.git* annex.largefiles=nothing\n");

    public OwnFiles(DatasetId dataset) => _configuration = Encoding.UTF8.GetBytes($"[datalad \"dataset\"]\n\tid = {dataset}\n");

    /// <summary>The files that Hutch itself adds to a directory, in the order of git; a name that ends in a slash is a directory.</summary>
    public IReadOnlyList<(string Name, byte[]? Content)> In(string directory) => directory switch
    {
        "" => [(DataLadFolder, null), (Attributes, _attributes)],
        DataLadFolder => [(Configuration, _configuration)],
        _ => [],
    };

    public bool Has(string path, GitEntry entry) => entry.Kind == GitEntryKind.File && path switch
    {
        Attributes => entry.Id == ObjectId.Compute(ObjectKind.Blob, _attributes),
        DataLadConfiguration => entry.Id == ObjectId.Compute(ObjectKind.Blob, _configuration),
        _ => false,
    };

    /// <summary>The tree of DataLad's directory in a dataset that has no such directory.</summary>
    public ObjectId WriteFolder(IObjectSink sink)
    {
        var tree = new TreeBuffer();
        tree.Add(TreeMode.File, Configuration, sink.WriteBlob(_configuration));
        return tree.WriteTo(sink);
    }
}
