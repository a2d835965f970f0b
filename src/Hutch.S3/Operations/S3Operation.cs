using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations;

internal enum OperationScope
{
    Service,
    Bucket,
    Object,
}

/// <summary>One operation of S3: the form of its requests, and its handler, or the reason that there is none.</summary>
/// <param name="Name">AWS's name, such as <c>ListObjectsV2</c>.</param>
/// <param name="Mark">
/// The name in the query that makes the request this operation, <c>header:NAME</c> for one that a header makes it; null for the plain one.
/// </param>
/// <param name="Run">The handler; null for an operation that makes no sense here.</param>
/// <param name="Note">A remark for people: its differences, or the reason that it is missing.</param>
internal sealed record S3Operation(string Name, string Method, OperationScope Scope, string? Mark, Func<S3Request, Task>? Run, string Note)
{
    /// <summary>True if it reads an object: an unknown name in the query, as browsers add to bypass caches, changes nothing.</summary>
    public bool IsRead => Scope == OperationScope.Object && Method is "GET" or "HEAD";

    public IEnumerable<string> MarkNames => (Mark?.Split('&') ?? []).Where(part => !part.Contains(':') && !part.Contains('='));

    /// <summary>True for a browser's preflight request, which has no signature.</summary>
    public bool IsPreflight => Method == "OPTIONS";

    /// <summary>True for an upload by an HTML form, whose fields have the signature.</summary>
    public bool IsForm => Name == "PostObject";

    /// <summary>Returns true if the query of this operation may have a name that marks other operations.</summary>
    public bool Takes(string name) =>
        IsPreflight || MarkNames.Contains(name) || (name == "partNumber" && Name is "GetObject" or "HeadObject");

    public Task RunAsync(S3Request request) => Run is not null
        ? Run(request)
        : throw S3ErrorCode.NotImplemented.With($"{Name} is not implemented: {Note}");
}
