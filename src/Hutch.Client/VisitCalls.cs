using System.Net.Http.Headers;
using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Visits and their notes.</summary>
public static class VisitCalls
{
    extension(HutchClient client)
    {
        public IAsyncEnumerable<VisitInfo> ListVisitsAsync(
            bool all, string? state, string? proposal, string? instrument, CancellationToken ct = default) =>
            client.ListAsync(
                "visits" + Query(
                    ("all", all ? "true" : null), ("state", state), ("proposal", proposal), ("instrument", instrument)),
                HutchJson.Default.PageVisitInfo, ct);

        public Task<VisitInfo> GetVisitAsync(string name, CancellationToken ct = default) =>
            client.GetAsync($"visits/{Escape(name)}", HutchJson.Default.VisitInfo, ct);

        /// <summary>Creates a visit, or makes an existing one equal to the document.</summary>
        public Task<VisitInfo> PutVisitAsync(VisitDocument visit, CancellationToken ct = default) =>
            client.PostAsync("visits", Body(visit, HutchJson.Default.VisitDocument), HutchJson.Default.VisitInfo, ct);

        /// <summary>Creates or changes the visits of a YAML or JSON file.</summary>
        public Task<Page<VisitInfo>> ImportVisitsAsync(byte[] file, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Post, "visits/import",
                new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/yaml") } }),
            repeatable: true, HutchJson.Default.PageVisitInfo, ct);

        public Task<VisitInfo> EndVisitAsync(string name, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, $"visits/{Escape(name)}/end"), repeatable: true, HutchJson.Default.VisitInfo, ct);

        /// <summary>Adds a person to a visit, or changes a person's role.</summary>
        public Task<VisitInfo> PutVisitPersonAsync(string visit, string user, PutVisitPerson person, CancellationToken ct = default)
        {
            var body = Body(person, HutchJson.Default.PutVisitPerson);
            return client.CallAsync(
                () => Request(HttpMethod.Put, $"visits/{Escape(visit)}/people/{Escape(user)}", body.ToContent()), repeatable: true,
                HutchJson.Default.VisitInfo, ct);
        }

        public Task DeleteVisitPersonAsync(string visit, string user, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Delete, $"visits/{Escape(visit)}/people/{Escape(user)}"), repeatable: false, ct);

        public IAsyncEnumerable<VisitNoteInfo> ListVisitNotesAsync(string visit, CancellationToken ct = default) =>
            client.ListAsync($"visits/{Escape(visit)}/notes", HutchJson.Default.PageVisitNoteInfo, ct);

        public Task<VisitNoteInfo> CreateVisitNoteAsync(string visit, CreateVisitNote note, CancellationToken ct = default) =>
            client.PostAsync(
                $"visits/{Escape(visit)}/notes", Body(note, HutchJson.Default.CreateVisitNote), HutchJson.Default.VisitNoteInfo, ct);
    }
}
