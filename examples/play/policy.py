# The same policy in Python: pip install onnxruntime gymnasium; python policy.py
import gymnasium, numpy, onnxruntime

policy = onnxruntime.InferenceSession("policy.onnx")
env = gymnasium.make("Pendulum-v1")
observation, total, over = env.reset(seed=1)[0], 0.0, False
while not over:
    action = policy.run(None, {"observation": numpy.float32([observation])})[0][0]
    observation, reward, terminated, truncated, _ = env.step(action)
    total, over = total + reward, terminated or truncated
print(f"return {total:.1f}")
