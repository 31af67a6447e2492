namespace Karez.Tun.Flows;

/// <summary>Decides where names and flows go. Asked by several threads; must not wait.</summary>
public interface IFlowRouter
{
    /// <summary>Where what has this name would go: decides whether it gets a fake address.</summary>
    /// <param name="name">In lower case, without the last dot.</param>
    FlowRoute RouteName(string name);

    /// <summary>
    /// Where a flow goes. For a flow to a fake address <see cref="FlowRoute.Direct"/> counts as
    /// <see cref="FlowRoute.Channel"/>: its name was not resolved here.
    /// </summary>
    FlowRoute RouteFlow(in FlowRequest flow);
}
