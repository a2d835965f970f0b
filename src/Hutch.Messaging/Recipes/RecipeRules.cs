namespace Hutch.Messaging.Recipes;

/// <summary>Checks that the nodes of a recipe form an acyclic graph: each exists and is reached from a start.</summary>
internal static class RecipeRules
{
    public static Result<Recipe> Check(Recipe recipe)
    {
        var checking = new HashSet<int>();
        var done = new HashSet<int>();
        string? wrong = recipe.Start.Select(start => start.Node).Concat(recipe.Errors)
            .Select(node => Walk(recipe, node, "\"start\" or \"error\"", checking, done))
            .FirstOrDefault(found => found is not null);
        if (wrong is null && recipe.Nodes.Keys.FirstOrDefault(node => !done.Contains(node), -1) is var alone and >= 0)
        {
            wrong = $"nothing leads to node {alone}. Name it in an output, or remove it.";
        }

        return wrong is null ? recipe : ErrorCode.Unprocessable.With("The recipe is not valid: " + wrong);
    }

    /// <summary>Follows a node to all ends; returns the first problem, or null. The depth is at most the number of nodes.</summary>
    private static string? Walk(Recipe recipe, int number, string from, HashSet<int> under, HashSet<int> done)
    {
        if (done.Contains(number))
        {
            return null;
        }

        if (!recipe.Nodes.TryGetValue(number, out RecipeNode? node))
        {
            return $"{from} leads to node {number}, which is not there.";
        }

        if (!under.Add(number))
        {
            return $"node {number} leads back to itself, through {from}. A recipe must come to an end.";
        }

        string? wrong = node.Next
            .Select(next => Walk(recipe, next, $"node {number}", under, done))
            .FirstOrDefault(found => found is not null);
        under.Remove(number);
        done.Add(number);
        return wrong;
    }
}
