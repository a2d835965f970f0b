using System.Runtime.CompilerServices;
using Hutch.Client.Http;

namespace Hutch.Client;

/// <summary>Push sessions: negotiate, upload, commit; unreferenced uploads.</summary>
public static class PushCalls
{
    extension(HutchClient client)
    {
        /// <summary>Opens a push session against a snapshot.</summary>
        public Task<PushSession> StartPushAsync(DatasetId id, StartPush start, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Pushes.Start.At(id), start, ct);

        /// <summary>A session that was opened before; null when it has expired.</summary>
        public async Task<PushSession?> GetPushAsync(string session, CancellationToken ct = default)
        {
            try
            {
                return await client.CallAsync(RestCalls.Pushes.Find.At(session), ct);
            }
            catch (HutchException e) when (e.Error.Code.Status is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Gone)
            {
                return null;
            }
        }

        /// <summary>Of the bytes offered, those that the session must upload before it may name them.</summary>
        public async IAsyncEnumerable<BlobHash> NegotiateAsync(
            string session, IReadOnlyList<OfferedBlob> offered, [EnumeratorCancellation] CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.OpenAsync(
                RestCalls.Pushes.Negotiate.At(session),
                request => request.Content = LineContent.From(offered, HutchJson.Default.OfferedBlob),
                ct);
            await foreach (BlobHash hash in client.ReadLinesAsync(response, RestCalls.Pushes.Negotiate.Answer, ct))
            {
                yield return hash;
            }
        }

        /// <summary>Uploads many small files as one stream; returns when they are durable.</summary>
        internal Task<UploadReceipt> UploadAsync(string session, Func<HttpContent> content, CancellationToken ct) =>
            client.CallAsync(RestCalls.Pushes.UploadMany.At(session), request => request.Content = content(), ct);

        /// <summary>Returns the durable length of a large upload, and its hash once it is complete.</summary>
        internal async Task<(long Offset, BlobHash? Hash)> GetUploadAsync(string session, string key, CancellationToken ct)
        {
            using HttpResponseMessage response = await client.OpenAsync(RestCalls.Pushes.FindUpload.At(session, key), ct);
            return (UploadOffset(response), Digest.Read(response));
        }

        /// <summary>Appends to a large upload; sent once, because what arrived must be asked for before it is sent again.</summary>
        internal async Task<(long Offset, BlobHash? Hash)> AppendAsync(
            string session, string key, long total, long offset, HttpContent content, CancellationToken ct)
        {
            using HttpResponseMessage response = await client.OpenAsync(
                RestCalls.Pushes.Append.At(session, key).With("size", total),
                request =>
                {
                    request.Content = content;
                    request.Headers.TryAddWithoutValidation(HutchHeaders.UploadOffset, offset.ToString(CultureInfo.InvariantCulture));
                },
                ct);
            return (UploadOffset(response), Digest.Read(response));
        }

        /// <summary>Swaps the head. Either all changes are in the snapshot that is returned, or none is anywhere.</summary>
        public Task<SnapshotInfo> CommitAsync(
            string session, CommitHeader header, IEnumerable<CommitChange> changes, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Pushes.Commit.At(session), request => request.Content = LineContent.From(header, changes), ct);

        /// <summary>Lists uploads to a dataset that no version of it references: pushes first.</summary>
        public IAsyncEnumerable<SentContentInfo> ListUnreferencedAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Pushes.ListUnreferenced.At(id), ct);

        /// <summary>Ends a push of anybody, or content that no commit names.</summary>
        public Task EndUnreferencedAsync(DatasetId id, string sent, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Pushes.EndUnreferenced.At(id, sent), ct);
    }

    private static long UploadOffset(HttpResponseMessage response) =>
        response.Headers.TryGetValues(HutchHeaders.UploadOffset, out IEnumerable<string>? values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? offset
            : throw new BadAnswerException("The server did not say how much of the upload it has.");
}
