using Hutch.Model;
using Hutch.S3.Errors;
using Hutch.S3.Http;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Operations;

/// <summary>All operations. A request is the first one of its method and scope whose mark it carries; the plain one is last.</summary>
internal sealed partial class OperationTable
{
    private const string HeaderMark = "header:";

    /// <summary>
    /// Names of parameters, which may come without a value; any other name without one asks for a part of a bucket or of an object.
    /// </summary>
    private static readonly HashSet<string> Parameters = new(StringComparer.OrdinalIgnoreCase)
    {
        "continuation-token", "delimiter", "encoding-type", "fetch-owner",
        "key-marker", "list-type", "marker", "max-buckets", "max-keys", "max-parts",
        "max-uploads", "part-number-marker", "prefix", "start-after", "upload-id-marker", "version-id-marker", "versionId", "x-id",
    };

    private readonly Dictionary<(string Method, OperationScope Scope), S3Operation[]> _byShape;
    private readonly HashSet<string> _marks;

    private OperationTable(IReadOnlyList<S3Operation> all)
    {
        All = all;
        _byShape = all.GroupBy(operation => (operation.Method, operation.Scope))
            .ToDictionary(
                group => group.Key, group => group.OrderByDescending(operation => operation.Mark?.Split('&').Length ?? 0).ToArray());
        _marks = [.. all.SelectMany(operation => operation.MarkNames)];
    }

    /// <summary>All of them, in the order of the reference page.</summary>
    public IReadOnlyList<S3Operation> All { get; }

    public S3Operation Find(string method, S3Target target, IHeaderDictionary headers)
    {
        OperationScope scope = target.Bucket is null ? OperationScope.Service
            : target.Key is null ? OperationScope.Bucket
            : OperationScope.Object;
        foreach (S3Operation operation in _byShape.GetValueOrDefault((method, scope), []))
        {
            if (operation.Mark is null || IsMarked(operation.Mark, target.Query, headers))
            {
                CheckQuery(operation, target.Query);
                return operation;
            }
        }

        throw S3ErrorCode.MethodNotAllowed.With(
            $"The specified method is not allowed against this resource: there is no {method} of a {scope.ToString().ToLowerInvariant()}.");
    }

    /// <summary>
    /// Refuses unknown sub-resources: <c>DELETE ?acl</c> must not delete the bucket, nor may a <c>PUT</c> of a future sub-resource put an
    /// object without bytes.
    /// </summary>
    private void CheckQuery(S3Operation operation, S3Query query)
    {
        foreach ((string name, string value) in query.Items)
        {
            if (_marks.Contains(name) && !operation.Takes(name))
            {
                throw S3ErrorCode.MethodNotAllowed.With(
                    $"The specified method is not allowed against this resource: {operation.Name} does not go with ?{name}.");
            }

            if (value.Length == 0 && !operation.IsRead && !_marks.Contains(name) && !IsParameter(name))
            {
                throw S3ErrorCode.NotImplemented.With($"{operation.Method} with {Display.Quote("?" + name)} is not implemented.");
            }
        }
    }

    private static bool IsParameter(string name) => Parameters.Contains(name)
        || name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("response-", StringComparison.OrdinalIgnoreCase);

    // "a&b" and "a=v": all of the names, or a name with a value.
    private static bool IsMarked(string mark, S3Query query, IHeaderDictionary headers)
    {
        foreach (string part in mark.Split('&'))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            bool holds = part.StartsWith(HeaderMark, StringComparison.Ordinal) ? headers.ContainsKey(part[HeaderMark.Length..])
                : equals < 0 ? query.Has(part)
                : query.Find(part[..equals]) == part[(equals + 1)..];
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }
}
