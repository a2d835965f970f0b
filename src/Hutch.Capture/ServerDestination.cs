namespace Hutch.Capture;

/// <param name="temporaryDays">The days after which the datasets expire; null for permanent datasets.</param>
public sealed class ServerDestination(HutchClient client, SeriesNaming naming, bool closes, int? temporaryDays, Action<string> tell)
    : ICaptureDestination
{
    private const string Open = "open";

    /// <summary>The number of alternative names that are tried when that of a series is taken.</summary>
    private const int MaxNamesBeside = 1000;

    /// <summary>The prefix of the record of a dataset that has a name, but perhaps no id yet; no id has a colon.</summary>
    private const string NamePrefix = "name:";

    public async Task<CaptureTarget> CreateAsync(NewSeries series, CancellationToken cancellationToken)
    {
        // Only the start message knows the name, and it does not come again.
        string? problem = null;
        string name = series.Taken?.StartsWith(NamePrefix, StringComparison.Ordinal) == true
            ? series.Taken[NamePrefix.Length..]
            : naming.NameOf(series.Key, series.Fields, out problem);
        if (problem is not null)
        {
            tell($"{problem} It goes to the dataset {name}.");
        }

        int slug = name.LastIndexOf('/') + 1;
        try
        {
            return await ClaimAsync(name, series, cancellationToken);
        }
        catch (HutchException e) when (slug > 0 && IsOfOwner(e.Error.Code))
        {
            // The images are nowhere else: an unexpected dataset is better than their loss.
            tell($"{e.Error.Message} The series goes to the dataset {name[slug..]} of the capture's own account.");
            return await ClaimAsync(name[slug..], series, cancellationToken);
        }
    }

    public async Task<CaptureTarget?> ReopenAsync(string taken, CancellationToken cancellationToken)
    {
        if (taken.StartsWith(NamePrefix, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            DatasetInfo dataset = await client.GetDatasetAsync(IdOf(taken), cancellationToken);
            return dataset.State == Open ? Target(dataset) : null;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Gone)
        {
            return null;
        }
    }

    public async Task<string?> CompleteAsync(CaptureTarget target, CancellationToken cancellationToken)
    {
        if (!closes)
        {
            return null;
        }

        try
        {
            await client.CloseDatasetAsync(IdOf(target.Id), new CloseDataset(), cancellationToken);
            return null;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Forbidden)
        {
            // All of it is stored; only its owner, or whom the owner lets manage it, may close it.
            tell($"{target.Name} stays open: {e.Error.Message}");
            return e.Error.Message;
        }
    }

    /// <summary>
    /// Returns true if a dataset was refused because its owner does not exist, or because the capture may not create it for that owner.
    /// </summary>
    private static bool IsOfOwner(ErrorCode code) =>
        code == ErrorCode.NotFound || code == ErrorCode.Forbidden || code == ErrorCode.InvalidName;

    private async Task<CaptureTarget> ClaimAsync(string name, NewSeries series, CancellationToken cancellationToken)
    {
        if (await TryClaimAsync(name, series, cancellationToken) is { } target)
        {
            return target;
        }

        for (int attempt = 1; attempt <= MaxNamesBeside; attempt++)
        {
            string other = SeriesNaming.Beside(name, series.Key, attempt);
            if (await TryClaimAsync(other, series, cancellationToken) is { } beside)
            {
                tell($"The dataset {name} has something in it already; the series goes to {other}.");
                return beside;
            }
        }

        throw ErrorCode.AlreadyExists.With(
            $"The dataset {name} and {MaxNamesBeside} others that begin with its name have something in them already.").ToException();
    }

    /// <summary>
    /// Makes a dataset, or takes the one of this name that is still empty; null if there is something in it. It belongs to the series whose
    /// header is first in it: two detectors may be given the same name at the same time.
    /// </summary>
    private async Task<CaptureTarget?> TryClaimAsync(string name, NewSeries series, CancellationToken cancellationToken)
    {
        BlobHash hash = BlobHash.Compute(series.Header.Span);
        series.Taking(NamePrefix + name);
        DatasetInfo dataset = await CreateOrFindAsync(name, series, cancellationToken);
        if (dataset is not { State: Open, Files: 0 or 1 })
        {
            return null;
        }

        if (dataset.Files == 0)
        {
            series.Taking(dataset.Id.ToString());
            try
            {
                await client.PutEntryAsync(
                    dataset.Id, FrameHeader.EntryPath, series.Header, hash, FrameHeader.ContentType, onlyIfNew: true,
                    ct: cancellationToken);
                return Target(dataset, hash);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.PreconditionFailed)
            {
                // Another series was faster; or this one, and the answer was lost.
            }
        }

        BlobHash? there = await client.GetEntryHashAsync(dataset.Id, at: null, FrameHeader.EntryPath, cancellationToken);
        return there == hash ? Target(dataset, hash) : null;
    }

    private async Task<DatasetInfo> CreateOrFindAsync(string name, NewSeries series, CancellationToken cancellationToken)
    {
        try
        {
            // The creator of a dataset for another owner may not change its type or title later.
            SeriesMetadata? known = SeriesMetadata.TryRead(series.Header.Span);
            return await client.CreateDatasetAsync(
                new CreateDataset { Name = name, Type = known?.Type, Title = known?.Title, TransientDays = temporaryDays },
                cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.AlreadyExists)
        {
            try
            {
                return await client.ResolveAsync(name, cancellationToken);
            }
            catch (HutchException missing) when (missing.Error.Code == ErrorCode.NotFound)
            {
                // Another client is creating it at this moment, or gave it away: a retry finds out.
                throw ErrorCode.Unavailable.With(missing.Error.Message).ToException(missing);
            }
        }
    }

    private static DatasetId IdOf(string text) =>
        DatasetId.TryParse(text, out DatasetId id) ? id : throw new FormatException($"'{text}' is not the id of a dataset.");

    private CaptureTarget Target(DatasetInfo dataset) => new(dataset.Id.ToString(), dataset.Name, new DatasetSink(client, dataset));

    private CaptureTarget Target(DatasetInfo dataset, BlobHash header) => new(
        dataset.Id.ToString(), dataset.Name, new DatasetSink(client, dataset).With(FrameHeader.EntryPath, header));
}
