using System.Text.Json.Serialization.Metadata;

namespace Hutch.Federation.Wire;

/// <summary>The site that answers a request.</summary>
internal enum PeerRole
{
    /// <summary>Any site: the home of a dataset, or a holder of a copy.</summary>
    Site,

    /// <summary>The zone alone. Other sites refuse the request.</summary>
    Zone,
}

/// <summary>A request between sites, declared once: its path, the site that answers, and the documents of request and answer.</summary>
internal sealed record PeerCall<TRequest, TAnswer>(
    string Path, PeerRole By, JsonTypeInfo<TRequest> Request, JsonTypeInfo<TAnswer> Answer);

/// <summary>A request to a site whose answer is bytes, and can be long.</summary>
internal sealed record PeerStream<TRequest>(string Path, JsonTypeInfo<TRequest> Request);
