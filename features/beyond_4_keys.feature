@beyond
Feature: B.4 Keys pressed in a call
  Voice menus and conferences are steered by keys: RFC 4733 events have to come through both ways,
  and after a hold too.

  @beyond-4.1
  Scenario: Keys pressed by either party reach the other
    Given User A is registered from Teams
    When from User A's Teams client, dial an external number
    Then the external number rings
    When answer the call
    Then 2-way audio is established
    When press the keys 159# in Teams
    Then the other party receives the keys
    When press the keys 260* at the external number
    Then the other party receives the keys
    When Teams hangs up
    Then both parties see the call hang up

  @beyond-4.2
  Scenario: Keys pressed on hold disturb nothing, and after it they reach the other party
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When place the call on hold in Teams
    And press the keys 44 at the external number
    Then the caller hears hold music
    When resume the call in Teams
    Then 2-way audio is re-established
    When press the keys 7 in Teams
    Then the other party receives the keys
    When press the keys 8D at the external number
    Then the other party receives the keys
