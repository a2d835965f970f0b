using Hutch.Client.Http;
using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Push sessions: negotiate, upload, commit; unreferenced uploads.</summary>
public static class PushCalls
{
    extension(HutchClient client)
    {
        /// <summary>Opens a push session against a snapshot.</summary>
        public Task<PushSession> StartPushAsync(DatasetId id, StartPush start, CancellationToken ct = default)
        {
            var body = Body(start, HutchJson.Default.StartPush);
            return client.CallAsync(
                () => Request(HttpMethod.Post, $"datasets/{id}/sessions", body.ToContent()),
                repeatable: true,
                HutchJson.Default.PushSession,
                ct);
        }

        /// <summary>A session that was opened before; null when it has expired.</summary>
        public async Task<PushSession?> GetPushAsync(string session, CancellationToken ct = default)
        {
            try
            {
                return await client.GetAsync($"sessions/{Escape(session)}", HutchJson.Default.PushSession, ct);
            }
            catch (HutchException e) when (e.Error.Code.Status is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Gone)
            {
                return null;
            }
        }

        /// <summary>Of the bytes offered, those that the session must upload before it may name them.</summary>
        public IAsyncEnumerable<BlobHash> NegotiateAsync(
            string session, IReadOnlyList<OfferedBlob> offered, CancellationToken ct = default) =>
            client.StreamAsync(
                () => Request(
                    HttpMethod.Post, $"sessions/{Escape(session)}/negotiate", LineContent.From(offered, HutchJson.Default.OfferedBlob)),
                HutchJson.Default.BlobHash,
                ct);

        /// <summary>Uploads many small files as one stream; returns when they are durable.</summary>
        internal Task<UploadReceipt> UploadAsync(string session, Func<HttpContent> content, CancellationToken ct) =>
            client.CallAsync(
                () => Request(HttpMethod.Post, $"sessions/{Escape(session)}/blobs", content()), repeatable: true,
                HutchJson.Default.UploadReceipt, ct);

        /// <summary>Returns the durable length of a large upload, and its hash once it is complete.</summary>
        internal async Task<(long Offset, BlobHash? Hash)> GetUploadAsync(string session, string key, CancellationToken ct)
        {
            using HttpResponseMessage response = await client.SendAsync(
                () => Request(HttpMethod.Head, $"sessions/{Escape(session)}/blobs/{key}"), repeatable: true, ct);
            return (UploadOffset(response), Digest.Read(response));
        }

        /// <summary>Appends to a large upload; sent once, because what arrived must be asked for before it is sent again.</summary>
        internal async Task<(long Offset, BlobHash? Hash)> AppendAsync(
            string session, string key, long total, long offset, HttpContent content, CancellationToken ct)
        {
            using HttpResponseMessage response = await client.SendAsync(
                () =>
                {
                    HttpRequestMessage request = Request(
                        HttpMethod.Patch, $"sessions/{Escape(session)}/blobs/{key}" + Query(("size", Number(total))), content);
                    request.Headers.TryAddWithoutValidation(HutchHeaders.UploadOffset, Number(offset));
                    return request;
                },
                repeatable: false,
                ct);
            return (UploadOffset(response), Digest.Read(response));
        }

        /// <summary>Swaps the head. Either all changes are in the snapshot that is returned, or none is anywhere.</summary>
        public Task<SnapshotInfo> CommitAsync(
            string session, CommitHeader header, IEnumerable<CommitChange> changes, CancellationToken ct = default) =>
            client.CallAsync(
                () => Request(
                    HttpMethod.Post,
                    $"sessions/{Escape(session)}/commit",
                    LineContent.From(header, HutchJson.Default.CommitHeader, changes, HutchJson.Default.CommitChange)),
                repeatable: false,
                HutchJson.Default.SnapshotInfo,
                ct);

        /// <summary>Lists uploads to a dataset that no version of it references: pushes first.</summary>
        public IAsyncEnumerable<SentContentInfo> ListUnreferencedAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync($"datasets/{id}/sent", HutchJson.Default.PageSentContentInfo, ct);

        /// <summary>Ends a push of anybody, or content that no commit names.</summary>
        public Task EndUnreferencedAsync(DatasetId id, string sent, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/sent/{Escape(sent)}"), repeatable: false, ct);
    }

    private static long UploadOffset(HttpResponseMessage response) =>
        response.Headers.TryGetValues(HutchHeaders.UploadOffset, out IEnumerable<string>? values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? offset
            : throw new BadAnswerException("The server did not say how much of the upload it has.");
}
