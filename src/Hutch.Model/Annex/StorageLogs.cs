namespace Hutch.Model.Annex;

/// <summary>The lines about a dataset's storage in the logs of the branch <c>git-annex</c> (git-annex.branchable.com/internals).</summary>
/// <param name="Seconds">The time of the lines, in seconds since 1970.</param>
public readonly record struct StorageLogs(DatasetId Dataset, long Seconds)
{
    public const string RemoteLog = "remote.log";

    public const string UuidLog = "uuid.log";

    public const string Name = "hutch-storage";

    /// <summary>A store that does not exist: clients know it by the address of their clone, and no host name gets into a commit.</summary>
    private const string NoAddress = "ria+file:///nowhere";

    public string Uuid => AnnexIds.StorageOf(Dataset).ToString();

    /// <summary>That the storage has the content of a key.</summary>
    public string Present => $"{Time}s 1 {Uuid}\n";

    /// <summary>That the storage is a special remote, read by DataLad as that of a RIA store.</summary>
    public string Remote =>
        $"{Uuid} archive-id={Dataset} autoenable=true encryption=none externaltype=ora name={Name} type=external "
        + $"url={NoAddress} timestamp={Time}s\n";

    public string Description => $"{Uuid} {Name} timestamp={Time}s\n";

    private string Time => Seconds.ToString(CultureInfo.InvariantCulture);

    public static string LogOf(string key) => $"{HashDirectory.LowerOf(key)}/{key}.log";

    /// <summary>Returns true if the log of a key lists the storage as a location.</summary>
    public bool IsIn(string log)
    {
        string end = " 1 " + Uuid;
        return log.Split('\n').Any(line => line.EndsWith(end, StringComparison.Ordinal));
    }
}
