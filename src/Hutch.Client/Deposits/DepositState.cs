using System.Text.Json.Serialization;
using Hutch.Client.Configuration;

namespace Hutch.Client.Deposits;

/// <summary>
/// The state of the deposit of a dataset, or of its versions, in a repository: a file below <c>$XDG_STATE_HOME/hutch/deposits</c>. Without
/// it, the repository is searched for the record.
/// </summary>
public sealed class DepositState
{
    private readonly string _path;

    private DepositState(string path, StoredDeposit stored) => (_path, Stored) = (path, stored);

    internal StoredDeposit Stored { get; private set; }

    /// <param name="repository">The address of the repository.</param>
    /// <param name="series">The first version of the dataset.</param>
    public static DepositState Load(Func<string, string?> environment, Uri repository, DatasetId series)
    {
        string folder = Path.Combine(UserFolders.Find(environment, "XDG_STATE_HOME", ".local/state"), "deposits");
        string name = $"{repository.Host}{(repository.IsDefaultPort ? "" : "-" + repository.Port.ToString(CultureInfo.InvariantCulture))}";
        string path = Path.Combine(folder, $"{name}-{series}.json");
        StoredDeposit? stored = null;
        if (SmallFile.TryRead(path) is { } bytes)
        {
            try
            {
                stored = JsonSerializer.Deserialize(bytes, DepositStateJson.Default.StoredDeposit);
            }
            catch (JsonException)
            {
                // The repository is searched instead.
            }
        }

        return new DepositState(path, stored ?? new StoredDeposit());
    }

    internal void Save(StoredDeposit stored)
    {
        Stored = stored;
        SmallFile.MakePrivateFolder(Path.GetDirectoryName(_path)!);
        SmallFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(stored, DepositStateJson.Default.StoredDeposit), SmallFile.OwnerOnly);
    }
}

/// <param name="Record">The record or draft; null before the first.</param>
/// <param name="Dataset">The dataset whose files the draft gets.</param>
/// <param name="Files">The MD5 of each file that the draft has, by its key.</param>
internal sealed record StoredDeposit(string? Record = null, DatasetId? Dataset = null, IReadOnlyDictionary<string, string>? Files = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredDeposit))]
internal sealed partial class DepositStateJson : JsonSerializerContext;
