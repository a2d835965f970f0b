using System.Security.Cryptography;
using System.Text;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// Pushes of a single upload: a client that sends the same again continues the same push, over any connection and server.
/// </summary>
public sealed partial class PushSessions
{
    /// <summary>One user may have this part of a dataset's pushes for single uploads, so that others find room.</summary>
    private const int ShareOfUser = 4;

    /// <summary>The version of an id that is made from a name (RFC 9562); those of other pushes are random.</summary>
    private const int NamedVersion = 8;

    /// <summary>The push of an upload: always the same for a dataset, a user and an upload.</summary>
    public static Guid SingleId(DatasetId dataset, string by, UploadKey upload)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{dataset}/{upload.Name}/{by}"));
        hash[6] = (byte)((hash[6] & 0x0f) | (NamedVersion << 4));
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>
    /// Starts the push of an upload, or continues the one in progress unless another size was announced there. A user with too many of
    /// them loses the one not used for longest.
    /// </summary>
    public Task<Result<SiteSession>> StartSingleAsync(
        SiteDataset target, string by, UploadKey upload, long size, CancellationToken ct) => committer.CommitAsync<SiteSession>(
        context =>
        {
            if (!context.WritableDataset(target.Id).TryGet(out SiteDataset? dataset, out HutchError? refusal))
            {
                return refusal;
            }

            Guid id = SingleId(target.Id, by, upload);
            if (context.Queries.Session(id) is { } begun)
            {
                if (begun.Expires > context.Now && (context.Queries.SessionUploadReach(id, upload.Name)?.Size ?? size) == size)
                {
                    return begun;
                }

                context.Emit(new JournalRecord.SessionEnded(id));
            }

            EndOldestSession(context, dataset, by);
            return Start(context, dataset, id, target.Snapshot, by);
        },
        [],
        ct);

    /// <summary>Ends the push of an upload without received bytes, unless a request is about to send them.</summary>
    public async Task EndEmptyAsync(SiteSession session, UploadKey upload, CancellationToken ct)
    {
        if (await records.ReadAsync(queries => queries.SessionUploadReach(session.Id, upload.Name), ct) is not null)
        {
            return;
        }

        using IDisposable turn = await _uploads.EnterAsync((session.Id, upload.Name), ct);
        await committer.CommitAsync<Done>(
            context =>
            {
                if (context.Queries.Session(session.Id) is not null
                    && context.Queries.SessionUploadReach(session.Id, upload.Name) is null)
                {
                    context.Emit(new JournalRecord.SessionEnded(session.Id));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
    }

    private void EndOldestSession(CommitContext context, SiteDataset dataset, string by)
    {
        int most = Math.Max(1, options.MaxSessionsPerDataset / ShareOfUser);
        List<SiteSession> own =
        [
            .. context.Queries.SessionsOf(dataset.Key).Where(static id => id.Version == NamedVersion)
                .Select(context.Queries.Session).OfType<SiteSession>().Where(session => session.Author == by)
                .OrderBy(static session => session.Expires),
        ];
        foreach (SiteSession session in own.Take(own.Count - most + 1))
        {
            context.Emit(new JournalRecord.SessionEnded(session.Id));
        }
    }
}
