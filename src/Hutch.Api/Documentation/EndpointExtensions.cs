using Hutch.Api.Http;
using Hutch.Datasets;
using Parameter = Hutch.Api.Documentation.EndpointDescription.Parameter;

namespace Hutch.Api.Documentation;

/// <summary>Parameters, bodies and answers of operations.</summary>
internal static class EndpointExtensions
{
    extension<TEndpoint>(TEndpoint endpoint)
        where TEndpoint : EndpointDescription
    {
        public TEndpoint Query(string name, string text, string type = "string") =>
            endpoint.With(new Parameter(name, "query", text, type));

        public TEndpoint Header(string name, string text) => endpoint.With(new Parameter(name, "header", text, "string"));

        public TEndpoint At() => endpoint.Query("at", "Version: a snapshot's number, tag or hash prefix (default: the head)");

        public TEndpoint Paged() => endpoint
            .Query("limit", "Most items of the page, 1 to 1000", "integer").Query("cursor", "The `next` of the previous page");

        /// <summary>A body that is not one JSON document; <paramref name="line"/> describes each line of it, if it has lines.</summary>
        public TEndpoint Takes(string mediaType, string text, JsonTypeInfo? line = null)
        {
            endpoint.Body = new EndpointDescription.RequestBody(mediaType, line, text);
            return endpoint;
        }

        /// <summary>An operation of the home that this site answers itself for some requests: about its copy, or about names.</summary>
        public TEndpoint AnswersHereIf(Func<ApiRequest, ValueTask<bool>> isAnsweredHere)
        {
            endpoint.IsAnsweredHere = isAnsweredHere;
            return endpoint;
        }

        /// <summary>For what takes rights away: the answer waits until the sites know it, and names those that do not.</summary>
        public TEndpoint AwaitingSites()
        {
            endpoint.AwaitsSites = true;
            return endpoint;
        }

        /// <summary>Describes an answer that the handler writes itself.</summary>
        public TEndpoint Answering(int status, string? mediaType, string text, JsonTypeInfo? type = null)
        {
            endpoint.Add(new EndpointDescription.ResponseDescription(status, mediaType, type, text));
            return endpoint;
        }

        /// <summary>Describes an answer with the document of the operation that the handler writes itself.</summary>
        public TEndpoint Answering(int status, string text) => endpoint.Answering(status, "application/json", text, endpoint.Call.Answer);

        /// <summary>Describes an answer of lines that the handler writes itself.</summary>
        public TEndpoint AnsweringLines(string text) =>
            endpoint.Answering(StatusCodes.Status200OK, HutchMediaTypes.Lines, text, endpoint.Call.Answer);

        private TEndpoint With(Parameter parameter)
        {
            endpoint.Add(parameter);
            return endpoint;
        }
    }

    extension<TDocument>(EndpointDescription<Page<TDocument>> endpoint)
    {
        public void GivesPage<T>(Func<ApiRequest, Task<Result<Batch<T>>>> handle, Func<T, TDocument> write) =>
            endpoint.Gives(handle, batch => new Page<TDocument>
            {
                Items = [.. batch.Items.Select(write)],
                Next = batch.Next,
                Notes = batch.Notes.Count > 0 ? batch.Notes : null,
            });
    }
}
