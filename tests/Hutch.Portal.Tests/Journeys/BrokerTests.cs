using Hutch.Messaging;
using Hutch.Messaging.RabbitMq;
using Hutch.Peers.RabbitMq;
using Hutch.Portal.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The page of processing at a site with a message broker.</summary>
public sealed class BrokerTests(Browser browser)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queues_of_the_broker_and_dead_letters_are_seen_and_one_that_hangs_is_down()
    {
        await using var broker = new RabbitMqBroker();
        await broker.StartAsync(Ct);
        var options = new BusOptions { Url = broker.Url.OriginalString, Password = "guest" };
        await using PortalSite site = await PortalSite.StartAsync(bus: options);
        await using IBrowserContext window = await site.WindowAsync(browser, "admin", 1280, 1100);
        IPage page = await window.NewPageAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync("/processing");
        ILocator queues = page.GetByRole(AriaRole.Table, new() { Name = "Queues at the broker" }).GetByRole(AriaRole.Row);
        await Expect(queues.Filter(new() { HasText = "analysis.runs" })).ToContainTextAsync("ok");
        await Expect(page.GetByText("broker: ok")).ToBeVisibleAsync();

        await using (var bus = new RabbitMqBus(options, TimeProvider.System, NullLogger<RabbitMqBus>.Instance))
        {
            await bus.PublishAsync("dead.analysis.runs", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);
        }

        ILocator problem = page.GetByRole(AriaRole.Region, new() { Name = "1 problem" });
        await Expect(problem).ToContainTextAsync("1 message was given up; see the queue 'dead.analysis.runs'.");
        await Expect(queues.Nth(1)).ToContainTextAsync("dead letters");
        await page.PictureAsync("processing-broker");
        await page.MustBeAccessibleAsync();

        await broker.FreezeAsync();
        await Expect(problem).ToContainTextAsync($"The message broker amqp://127.0.0.1:{broker.Port} cannot be used: it does not answer.");
        await Expect(page.GetByText("broker: down")).ToBeVisibleAsync();
        await page.PictureAsync("processing-broker-down");
        await broker.ThawAsync();
        await Expect(page.GetByText("broker: ok")).ToBeVisibleAsync();
        Assert.Empty(errors);
    }
}
