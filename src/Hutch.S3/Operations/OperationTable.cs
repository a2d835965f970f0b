using Hutch.S3.Errors;
using Hutch.S3.Http;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Operations;

/// <summary>All operations. A request is the first one of its method and scope whose mark it carries; the plain one stands last.</summary>
internal sealed partial class OperationTable
{
    private const string HeaderMark = "header:";

    private readonly Dictionary<(string Method, OperationScope Scope), Operation[]> _byShape;

    private OperationTable(IReadOnlyList<Operation> all)
    {
        All = all;
        _byShape = all.GroupBy(operation => (operation.Method, operation.Scope))
            .ToDictionary(group => group.Key, group => group.OrderByDescending(operation => operation.Mark?.Split('&').Length ?? 0).ToArray());
    }

    /// <summary>All of them, in the order of the reference page.</summary>
    public IReadOnlyList<Operation> All { get; }

    /// <summary>The operation that a request is for.</summary>
    public Operation Find(string method, S3Target target, IHeaderDictionary headers)
    {
        OperationScope scope = target.Bucket is null ? OperationScope.Service : target.Key is null ? OperationScope.Bucket : OperationScope.Object;
        foreach (Operation operation in _byShape.GetValueOrDefault((method, scope), []))
        {
            if (operation.Mark is null || IsMarked(operation.Mark, target.Query, headers))
            {
                return operation;
            }
        }

        throw S3ErrorCode.MethodNotAllowed.With($"The specified method is not allowed against this resource: there is no {method} of a {scope.ToString().ToLowerInvariant()}.");
    }

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
