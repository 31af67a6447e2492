using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>What a detector keeps for each flow that goes on.</summary>
internal sealed class FlowMemory<T>
    where T : class, new()
{
    private readonly Dictionary<Flow, T> _states = [];

    public T this[Flow flow]
    {
        get
        {
            if (!_states.TryGetValue(flow, out var state))
                _states[flow] = state = new T();
            return state;
        }
    }

    public void Forget(Flow flow) => _states.Remove(flow);
}
