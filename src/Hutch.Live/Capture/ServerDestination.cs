using System.Text.Json.Nodes;
using Hutch.Client;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Live.Capture;

/// <summary>Puts each series into a dataset of its own of a Hutch server.</summary>
/// <param name="client">The server.</param>
/// <param name="naming">Names the datasets.</param>
/// <param name="closes">Whether a dataset is closed when its series has ended.</param>
/// <param name="tell">Receives sentences for people.</param>
public sealed class ServerDestination(HutchClient client, SeriesNaming naming, bool closes, Action<string> tell) : ICaptureDestination
{
    private const string Open = "open";

    /// <inheritdoc/>
    public async Task<CaptureTarget> CreateAsync(string series, JsonObject? fields, CancellationToken cancellationToken)
    {
        string name = naming.NameOf(series, fields, out string? problem);
        if (problem is not null)
        {
            tell($"{problem} It goes to the dataset {name}.");
        }

        if (await TryCreateAsync(name, cancellationToken) is { } dataset)
        {
            return Target(dataset);
        }

        string other = SeriesNaming.Beside(name, series);
        tell($"The dataset {name} has something in it already; the series goes to {other}.");
        return Target(await TryCreateAsync(other, cancellationToken)
            ?? throw ErrorCode.AlreadyExists.With($"The datasets {name} and {other} have something in them already.").ToException());
    }

    /// <inheritdoc/>
    public async Task<CaptureTarget?> ReopenAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            DatasetInfo dataset = await client.GetDatasetAsync(IdOf(id), cancellationToken);
            return dataset.State == Open ? Target(dataset) : null;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Gone)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(CaptureTarget target, CancellationToken cancellationToken)
    {
        if (!closes)
        {
            return;
        }

        try
        {
            await client.CloseDatasetAsync(IdOf(target.Id), new CloseDataset(), cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Forbidden)
        {
            // All of it is stored; only its owner, or whom the owner lets manage it, may close it.
            tell($"{target.Name} stays open: {e.Error.Message}");
        }
    }

    /// <summary>Makes a dataset, or takes the one of this name that is still empty; null if there is something in it.</summary>
    private async Task<DatasetInfo?> TryCreateAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CreateDatasetAsync(new CreateDataset { Name = name }, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.AlreadyExists)
        {
            DatasetInfo dataset = await client.ResolveAsync(name, cancellationToken);
            return dataset is { State: Open, Files: 0 } ? dataset : null;
        }
    }

    private static DatasetId IdOf(string text) =>
        DatasetId.TryParse(text, out DatasetId id) ? id : throw new FormatException($"'{text}' is not the id of a dataset.");

    private CaptureTarget Target(DatasetInfo dataset) => new(dataset.Id.ToString(), dataset.Name, new DatasetSink(client, dataset));
}
