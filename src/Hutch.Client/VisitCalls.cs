using System.Net.Http.Headers;

namespace Hutch.Client;

/// <summary>Visits and their notes.</summary>
public static class VisitCalls
{
    extension(HutchClient client)
    {
        public IAsyncEnumerable<VisitInfo> ListVisitsAsync(
            bool all, string? state, string? proposal, string? instrument, CancellationToken ct = default) =>
            client.ListAsync(
                RestCalls.Visits.List.At()
                    .With("all", all).With("state", state).With("proposal", proposal).With("instrument", instrument),
                ct);

        public Task<VisitInfo> GetVisitAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Visits.Find.At(name), ct);

        /// <summary>Creates a visit, or makes an existing one equal to the document.</summary>
        public Task<VisitInfo> PutVisitAsync(VisitDocument visit, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Visits.Put.At(), visit, ct);

        /// <summary>Creates or changes the visits of a YAML or JSON file.</summary>
        public Task<Page<VisitInfo>> ImportVisitsAsync(byte[] file, CancellationToken ct = default) =>
            client.CallAsync(
                RestCalls.Visits.Import.At(),
                request => request.Content = new ByteArrayContent(file)
                {
                    Headers = { ContentType = new MediaTypeHeaderValue(HutchMediaTypes.Yaml) },
                },
                ct);

        public Task<VisitInfo> EndVisitAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Visits.End.At(name), ct);

        /// <summary>Adds a person to a visit, or changes a person's role.</summary>
        public Task<VisitInfo> PutVisitPersonAsync(string visit, string user, PutVisitPerson person, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Visits.PutPerson.At(visit, user), person, ct);

        public Task DeleteVisitPersonAsync(string visit, string user, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Visits.RemovePerson.At(visit, user), ct);

        public IAsyncEnumerable<VisitNoteInfo> ListVisitNotesAsync(string visit, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Visits.ListNotes.At(visit), ct);

        public Task<VisitNoteInfo> CreateVisitNoteAsync(string visit, CreateVisitNote note, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Visits.AddNote.At(visit), note, ct);
    }
}
