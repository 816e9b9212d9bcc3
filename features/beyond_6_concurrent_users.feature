@beyond @all-users
Feature: B.6 Many users at once
  Section 7.2 asks for two calls because all users come from one IP address and port. Here
  as many do the same as the profile has users, and each pair is heard: a step of load has 1,
  2, 5, 10, 20, 50, 100, 200 calls and at last one for each user, or as many as
  expect.simultaneous_calls says.

  @beyond-6.1 @external-0
  Scenario: All users register from one IP address and port, several at a time
    When all users of the profile register, several at a time

  @beyond-6.2 @all-externals
  Scenario: More and more calls come in at the same time
    Given all users of the profile are registered
    When external numbers call users, more and more of them at the same time
    Then in every call both parties hear each other and nobody else

  @beyond-6.3 @all-externals
  Scenario: More and more calls go out at the same time
    Given all users of the profile are registered
    When users call external numbers, more and more of them at the same time
    Then in every call both parties hear each other and nobody else
