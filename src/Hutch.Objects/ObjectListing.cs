using System.Runtime.CompilerServices;
using Hutch.Objects.Http;

namespace Hutch.Objects;

public static class ObjectListing
{
    /// <summary>Lists all objects whose keys begin with a prefix, in byte order of their keys, page by page.</summary>
    public static async IAsyncEnumerable<ObjectFacts> ListAllAsync(
        this IObjectStore objects, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        for (bool isLast = false; !isLast;)
        {
            ObjectPage page = await objects.ListAsync(prefix, after, ObjectPage.MaxKeys, cancellationToken);
            if (after is not null && page.Objects.Count > 0 && !IsAfter(page.Objects[^1].Key, after))
            {
                throw new BadAnswerException("The list of the store begins again in place of its next page.");
            }

            foreach (ObjectFacts one in page.Objects)
            {
                after = one.Key;
                yield return one;
            }

            isLast = page.IsLast || page.Objects.Count == 0;
        }
    }

    private static bool IsAfter(string key, string other) =>
        Encoding.UTF8.GetBytes(key).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)) > 0;
}
