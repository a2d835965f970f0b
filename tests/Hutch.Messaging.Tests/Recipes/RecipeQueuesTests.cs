using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;

namespace Hutch.Messaging.Tests.Recipes;

public sealed class RecipeQueuesTests
{
    [Theory]
    [InlineData("", "results.*", "results.mine", "results.mine")]
    [InlineData("", "ispyb_pia", "ispyb_pia", "ispyb_pia")]
    [InlineData("trial", "trial.results.*", "trial.results.mine", "results.mine")]
    public void A_recipe_sends_to_queues_that_the_operator_named(string space, string allowed, string queue, string name)
    {
        Assert.Equal(name, Queues(space, allowed).Find(new RecipeNode { Number = 2, Queue = queue }).Value);
    }

    [Theory]
    [InlineData("", "results.*", "ispyb_pia", "names the queues that recipes may send to in 'bus.recipeQueues'")]
    [InlineData("", "*", "analysis.runs", "a queue of the server itself")]
    [InlineData("", "*", "dead.results", "a queue of the server itself")]
    [InlineData("trial", "*", "trial.analysis.runs", "a queue of the server itself")]
    [InlineData("trial", "*", "results", "begin with 'trial.'")]
    public void It_sends_nowhere_else(string space, string allowed, string queue, string said)
    {
        Assert.Contains(said, Queues(space, allowed).Find(new RecipeNode { Number = 2, Queue = queue }).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_broker_it_sends_nowhere()
    {
        var queues = new RecipeQueues(new BusOptions { RecipeQueues = ["*"] });

        Assert.Contains("has no broker", queues.Find(new RecipeNode { Number = 2, Queue = "a" }).Error?.Message, StringComparison.Ordinal);
    }

    private static RecipeQueues Queues(string space, string allowed) =>
        new(new BusOptions { Url = "amqp://broker", Namespace = space, RecipeQueues = [allowed] });
}
