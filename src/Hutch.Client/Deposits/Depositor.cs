using System.Text.Json.Nodes;
using Hutch.Client.Transfers;

namespace Hutch.Client.Deposits;

/// <summary>
/// Fills the draft of a repository with the files of a published dataset. An interrupted deposit continues with its next file; the deposit
/// of a later version becomes a new version there.
/// </summary>
public sealed class Depositor(HutchClient hutch, InvenioService repository, DepositState state, ITransferProgress progress)
{
    /// <summary>Returns the draft with all files, or the record if this version is published there.</summary>
    /// <param name="publication">The published dataset.</param>
    /// <param name="description">The description of the draft, by <see cref="InvenioMetadata"/>.</param>
    public async Task<InvenioRecord> FillAsync(
        PublicationInfo publication, DepositPlan plan, JsonObject description, CancellationToken ct)
    {
        (InvenioRecord? record, bool isSameVersion) = await FindAsync(publication, ct);
        if (record is { IsPublished: true })
        {
            if (isSameVersion)
            {
                return record;
            }

            record = await repository.CreateVersionAsync(record.Id, ct);
        }

        bool isDescribed = record is null;
        record ??= await repository.CreateDraftAsync(description, ct);
        IReadOnlyDictionary<string, string> sent = state.Stored is { Files: { } files } && state.Stored.Record == record.Id
            && state.Stored.Dataset == publication.Dataset ? files : new Dictionary<string, string>();
        state.Save(new StoredDeposit(record.Id, publication.Dataset, sent));
        if (!isDescribed)
        {
            record = await repository.UpdateDraftAsync(record.Id, description, ct);
        }

        await SendAsync(publication, plan, record.Id, ct);
        return record;
    }

    /// <summary>Returns the draft or record of an earlier deposit, and whether it is of this version; null for none.</summary>
    private async Task<(InvenioRecord? Record, bool IsSameVersion)> FindAsync(PublicationInfo publication, CancellationToken ct)
    {
        if (state.Stored.Record is { } known)
        {
            return (
                await repository.FindDraftAsync(known, ct) ?? await repository.FindRecordAsync(known, ct),
                state.Stored.Dataset == publication.Dataset);
        }

        if (await repository.FindByRelatedAsync(publication.Page!, ct) is { } same)
        {
            return (same, true);
        }

        return publication.Series is { } series && series != publication.Dataset
            ? (await repository.FindByRelatedAsync(
                publication.Page!.Replace(publication.Dataset.ToString(), series.ToString(), StringComparison.Ordinal), ct), false)
            : (null, false);
    }

    private async Task SendAsync(PublicationInfo publication, DepositPlan plan, string draft, CancellationToken ct)
    {
        progress.Start("Depositing", plan.Files.Count, plan.Bytes);
        IReadOnlyDictionary<string, InvenioFile> present = await repository.ListFilesAsync(draft, ct);
        foreach (string other in present.Keys.Except(plan.Files.Select(static file => file.Key)))
        {
            await repository.DeleteFileAsync(draft, other, ct);
        }

        foreach (DepositFile file in plan.Files)
        {
            InvenioFile? there = present.GetValueOrDefault(file.Key);
            if (there is { IsComplete: true, Md5: { } md5 } && state.Stored.Files!.GetValueOrDefault(file.Key) == md5)
            {
                progress.Add(1, file.Bytes);
                continue;
            }

            if (there is not null)
            {
                await repository.DeleteFileAsync(draft, file.Key, ct);
            }

            await SendAsync(publication, file, draft, ct);
            progress.Add(1, 0);
        }
    }

    private async Task SendAsync(PublicationInfo publication, DepositFile file, string draft, CancellationToken ct)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using HttpResponseMessage source = await OpenAsync(publication, file, ct);
        using var content = new DepositContent(source, md5, progress);
        InvenioFile stored = await repository.PutFileAsync(draft, file.Key, content, ct);
        string sum = Convert.ToHexStringLower(md5.GetHashAndReset());
        if (stored.Md5 != sum)
        {
            await repository.DeleteFileAsync(draft, file.Key, ct);
            throw ErrorCode.DigestMismatch.With(
                $"{Display.Quote(file.Key)} arrived changed: its MD5 there is {stored.Md5 ?? "unknown"} instead of {sum}. It was removed.")
                .ToException();
        }

        state.Save(state.Stored with { Files = new Dictionary<string, string>(state.Stored.Files!) { [file.Key] = sum } });
    }

    private Task<HttpResponseMessage> OpenAsync(PublicationInfo publication, DepositFile file, CancellationToken ct)
    {
        string at = publication.Snapshot!.Value.ToString(CultureInfo.InvariantCulture);
        return file.IsFolder
            ? hutch.OpenAsync(
                RestCalls.Streams.Tar.At(publication.Dataset).With("at", at).With("path", file.Path).With("crate", false), ct)
            : hutch.OpenEntryAsync(publication.Dataset, at, file.Path, 0, ct);
    }
}
