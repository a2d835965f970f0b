using System.Runtime.CompilerServices;

namespace Hutch.Objects;

public static class ObjectListing
{
    /// <summary>Lists all objects whose keys begin with a prefix, in byte order of their keys, page by page.</summary>
    public static async IAsyncEnumerable<ObjectFacts> ListAllAsync(
        this IObjectStore objects, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(objects);
        string? after = null;
        for (bool isLast = false; !isLast;)
        {
            ObjectPage page = await objects.ListAsync(prefix, after, ObjectPage.MaxKeys, cancellationToken);
            foreach (ObjectFacts one in page.Objects)
            {
                after = one.Key;
                yield return one;
            }

            isLast = page.IsLast || page.Objects.Count == 0;
        }
    }
}
