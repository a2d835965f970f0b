using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations;

/// <summary>What an operation works on.</summary>
internal enum OperationScope
{
    Service,
    Bucket,
    Object,
}

/// <summary>One operation of S3: how a request for it looks, and what answers it, or why nothing does.</summary>
/// <param name="Name">AWS's name, such as <c>ListObjectsV2</c>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Scope">What it works on.</param>
/// <param name="Mark">
/// The name in the query that makes the request this operation, <c>header:NAME</c> for one that a header makes it; null for the plain one.
/// </param>
/// <param name="Run">What answers it; null for what makes no sense here.</param>
/// <param name="Note">For people: what is special, or why it is not there.</param>
internal sealed record S3Operation(string Name, string Method, OperationScope Scope, string? Mark, Func<S3Request, Task>? Run, string Note)
{
    /// <summary>Whether it reads an object: a name more in the query, as browsers get them to pass over caches, changes nothing.</summary>
    public bool IsRead => Scope == OperationScope.Object && Method is "GET" or "HEAD";

    /// <summary>The names in the query that make a request this operation.</summary>
    public IEnumerable<string> MarkNames => (Mark?.Split('&') ?? []).Where(part => !part.Contains(':') && !part.Contains('='));

    /// <summary>Whether it is asked by a browser before the real request, without signature.</summary>
    public bool IsPreflight => Method == "OPTIONS";

    /// <summary>Whether a name that makes other requests other operations may stand in the query of this one.</summary>
    public bool Takes(string name) =>
        IsPreflight || MarkNames.Contains(name) || (name == "partNumber" && Name is "GetObject" or "HeadObject");

    public Task RunAsync(S3Request request) => Run is not null
        ? Run(request)
        : throw S3ErrorCode.NotImplemented.With($"{Name} is not implemented: {Note}");
}
